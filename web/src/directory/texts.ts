import { defineTexts } from '../kit/texts.ts';

export const texts = defineTexts('directory', {
  title: ['通讯录', 'Directory'],
  searchHint: ['姓名、拼音、首字母、邮箱或电话', 'Name, pinyin, address or phone'],
  everyone: ['全部人员', 'Everyone'],
  units: ['部门', 'Units'],
  chooseUnit: ['按部门浏览', 'Browse by unit'],
  write: ['写邮件', 'Write'],
  call: ['拨打电话', 'Call'],
  office: ['办公电话', 'Office'],
  mobile: ['手机', 'Mobile'],
  address: ['邮箱', 'Mail'],
  nobody: ['没有找到人', 'Nobody found'],
  nobodyMore: ['换个说法试试，也可以选左侧的部门浏览。', 'Try other words, or browse by unit.'],
  emptyUnit: ['这个部门下还没有人', 'Nobody is in this unit yet'],
  copied: ['已复制', 'Copied'],
  choosePerson: ['输入姓名、拼音或工号查找', 'Search by name, pinyin or number'],
  chooseUnitHere: ['请选择部门', 'Please choose a unit'],
  nobodyHere: ['没有找到这个人', 'Nobody found'],
  copy: ['复制邮箱地址', 'Copy the address'],
});
