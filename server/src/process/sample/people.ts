import { digest } from '../../kit/text/index.ts';
import type { Random } from './random.ts';

const SURNAMES = [
  ...'王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文',
];
const GIVEN = [
  '伟',
  '芳',
  '娜',
  '敏',
  '静',
  '丽',
  '强',
  '磊',
  '军',
  '洋',
  '勇',
  '艳',
  '杰',
  '娟',
  '涛',
  '明',
  '超',
  '秀英',
  '霞',
  '平',
  '刚',
  '桂英',
  '建国',
  '建华',
  '文博',
  '子涵',
  '雨桐',
  '浩然',
  '思远',
  '一诺',
  '欣怡',
  '宇轩',
  '梓萱',
  '晓东',
  '海燕',
  '志强',
  '丽华',
  '国庆',
  '春梅',
  '晨曦',
  '佳琪',
  '俊杰',
  '雪梅',
  '立新',
  '玉兰',
  '振华',
  '晓明',
  '慧敏',
  '嘉懿',
  '若曦',
  '博文',
  '天宇',
  '鹏飞',
  '婷婷',
  '雅静',
  '正豪',
  '凯',
  '倩',
  '斌',
  '鑫',
  '波',
  '辉',
  '莉',
  '萍',
  '峰',
  '瑞',
  '琳',
  '颖',
  '亮',
  '健',
];
const POSTS = [
  '科员',
  '主任科员',
  '副科长',
  '科长',
  '工程师',
  '高级工程师',
  '讲师',
  '副教授',
  '教授',
  '辅导员',
  '秘书',
  '实验员',
];

export interface SamplePerson {
  name: string;
  account: string;
  post: string;
}

/** A person that does not exist, with an account name that is still free. */
export function inventPerson(random: Random, taken: Set<string>): SamplePerson {
  const name = random.pick(SURNAMES) + random.pick(GIVEN);
  const base = digest(name, 'person').pinyin;
  let account = base;
  for (let n = 2; taken.has(account); n++) account = `${base}${n}`;
  taken.add(account);
  return { name, account, post: random.pick(POSTS) };
}
